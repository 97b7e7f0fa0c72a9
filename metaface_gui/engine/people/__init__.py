"""People of the gallery: enrolling, correcting, editing with undo, retention, reports and deletion.

Lives here: what changes the gallery while the engine runs. May not live here: SQL, encryption (`gallery`).
"""
