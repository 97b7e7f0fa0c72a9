"""Short guided lessons on what meta-learning does, on the demo scene or one's own camera.

Lives here: the lessons as data (`lesson`, `five`), what the program observes of a user (`observer`), the panel that
shows a step, and who goes on when it is done (`desk`). May not live here: anything that recognises.
"""
