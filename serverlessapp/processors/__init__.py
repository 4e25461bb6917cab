"""What a processor is: the folder that a team writes, and which uploads it takes."""
