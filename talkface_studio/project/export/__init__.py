"""What the engine is asked for: the document as plain exports, and everything with everything for the queue."""
