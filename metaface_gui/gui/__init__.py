"""The window: widgets, their appearance, and the bridge on which the engine's events reach them.

Lives here: everything that imports PySide6 (besides `app.py`). Widgets ask the engine through `engine.api.EngineApi`
and learn of it through `bridge.EngineBridge`; the wide parts at the side are in `panels/`.
May not live here: models, threads, SQL, torch. A widget never waits for the engine.
"""
