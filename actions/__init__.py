"""What the office can do: one file a use case (intake, interview, cases, reminders, complaints, the staff's desk)."""
