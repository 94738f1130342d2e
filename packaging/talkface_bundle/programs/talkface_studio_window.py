"""The program `talkface-studio`: the editor."""

from multiprocessing import freeze_support

if __name__ == "__main__":
    freeze_support()
    from talkface_studio.cli.main import main_of_window

    main_of_window()
