"""The other side of the engine, for the editor and for scripts. Imports neither Qt nor anything heavy.

client = EngineClient()
picture = client.ask(ShowSource(path=Path("talk.mp4"), time=2.5)).result()
"""
