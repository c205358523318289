"""What a look at some customers finds: one file for each thing that is compared with the look before."""
