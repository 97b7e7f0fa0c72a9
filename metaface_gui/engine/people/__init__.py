"""People of the gallery: enrolment, correction, editing with undo, retention periods, reports and deletion.

Lives here: what changes the gallery while the engine runs. May not live here: SQL, encryption (`gallery`).
"""
