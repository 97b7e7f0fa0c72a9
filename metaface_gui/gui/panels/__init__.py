"""The window's side panels: enrolment, people, unknown faces, controls, and the small popup "Who is this?".

Lives here: widgets, their list models and painters. A panel asks through `EngineApi` and hears through `EngineBridge`.
May not live here: models of faces, SQL, threads that compute, and the window's shell (`gui/`).
"""
