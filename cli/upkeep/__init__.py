"""What looks after an installation: its copy in a file, the doctor that names what is wrong, and the alarm that tells of it."""
