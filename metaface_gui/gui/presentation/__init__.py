"""What an audience is shown: the video with large names, and beside it the panels that the presenter chooses.

Lives here: the board with the layout, its cards, the bar that selects panels, and the projector, which shows the board
on another screen. May not live here: video views (`live`), plots and bars (`studio`), which the board uses.
"""
