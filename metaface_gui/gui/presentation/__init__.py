"""What an audience is shown: the video with large names, and beside it the panels that the presenter chooses.

Lives here: the board that lays it out, its cards, the bar that chooses, and the projector, which shows the board on
another screen. May not live here: views of the video (`live`), plots and bars (`studio`), which the board uses.
"""
