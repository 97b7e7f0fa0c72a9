"""The window's side panels: enrolment, people, unknown faces, controls, and the small popup "Who is this?".

Lives here: widgets, their list models and painters. A panel sends through `EngineApi` and listens to `EngineBridge`.
May not live here: face models, SQL, threads that compute, and the window's shell (`gui/`).
"""
