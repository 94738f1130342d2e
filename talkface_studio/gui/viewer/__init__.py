"""The viewer: source and dubbed pictures, playback."""
