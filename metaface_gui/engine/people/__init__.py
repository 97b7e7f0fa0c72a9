"""People of the gallery: enrolling, correcting, editing with undo, their periods, reports and being forgotten.

Lives here: what changes the gallery while the engine runs. May not live here: SQL, encryption (`gallery`).
"""
