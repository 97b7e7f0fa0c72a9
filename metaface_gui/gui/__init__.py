"""The window: widgets, their appearance, and the bridge that brings them the engine's events.

Lives here: everything that imports PySide6 (besides `app.py`). Widgets call the engine through `engine.api.EngineApi`
and receive its events through `bridge.EngineBridge`; the side panel's contents are in `panels/`.
May not live here: models, threads, SQL, torch. A widget never waits for the engine.
"""
