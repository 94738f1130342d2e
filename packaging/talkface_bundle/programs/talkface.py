"""The program `talkface`: the command line."""

from multiprocessing import freeze_support

if __name__ == "__main__":
    freeze_support()
    from talkface_studio.cli.main import main

    main()
