"""`make lite`: the chapters and the problem sets as notebooks in a JupyterLite page of the site.

    lite/index.html                  all notebooks, and what needs a network
    lite/notebooks/, lite/tree/      Jupyter itself, as a page
    lite/files/chapters/, sets/      the notebooks
    lite/python/                     what its Python has beside the site's own engine

Python is the Pyodide of the site's panels, and oomlab the wheel that they use: nothing is there
twice, and nothing comes from another host.
"""
