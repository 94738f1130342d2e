"""`python -m talkface_studio.engine`: the engine's process; see `engine.client` for who starts it."""

from talkface_studio.engine.server.main import main

if __name__ == "__main__":
    main()
