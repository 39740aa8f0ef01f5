"""The model beside real kernels: the cases that both are asked, and what each of them did."""
