"""The checks of the doctor: of the machine, of the files of a home, and of the services it leans on."""
