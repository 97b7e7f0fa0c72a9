"""What concerns the people in the gallery rather than their faces: terms of consent, periods, reports, deletion.

Lives here: dialogs, popups and lines that show or ask it, and the `PrivacyController` that connects them to the window.
May not live here: what is deleted and when (the engine decides), reading or writing of files.
"""
