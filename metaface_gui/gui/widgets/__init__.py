"""Small widgets with no face-recognition logic: labels, layouts, messages, file dialogs, the running-jobs bar."""
