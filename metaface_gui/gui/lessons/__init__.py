"""Short guided lessons on what meta-learning does, on the demo scene or one's own camera.

Lives here: the lessons as data (`lesson`, `five`), what is observed of the user (`observer`), the panel that shows a
step (`panel`), and what moves on when it is done (`controller`). May not live here: anything that recognises.
"""
