"""Privacy of the people in the gallery: terms of consent, retention periods, reports, deletion.

Lives here: dialogs, popups and lines that show or ask for these, and the `PrivacyController` that connects them to the
window. May not live here: what is deleted and when (the engine decides), reading or writing files.
"""
