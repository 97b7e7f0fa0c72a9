"""Small widgets that know nothing of faces: labels, layouts, messages, file dialogs, the bar of running jobs."""
