"""The doors: command line, HTTP, web chat, workbench, channels, and the supervision of Rasa."""
