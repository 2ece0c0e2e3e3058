# SPDX-License-Identifier: BSD-3-Clause
"""fastrelu where people already work: each module here is for one library, its host, and imports it when it is imported itself.

    scikit_learn      MLPClassifier and MLPRegressor: faster activations, and more of them
    onnx_reference    a ReferenceEvaluator that runs ONNX models with fastrelu
    thinc_ops         Thinc's (and spaCy's) backend "fastrelu"
    keras_numpy       activations of Keras layers on its NumPy backend, saved and loaded with the model

What takes NumPy's ufuncs (pandas, xarray, Dask, masked arrays) needs no adapter. Two such hosts, for what one memory or one
machine does not hold:

Larger than memory: a function in place works on a mapped file as on any array, and the system reads and writes its pages.

>>> x = np.lib.format.open_memmap("hidden.npy", mode="w+", dtype=np.float32, shape=(1000, 4096))
>>> x[:] = -1
>>> _ = fr.leaky_relu_(x)
>>> x.flush()
>>> float(np.load("hidden.npy", mmap_mode="r")[999, 4095])
-0.009999999776482582

More than one process or machine: a ufunc of Dask arrays goes to the workers by its name, and each works on its chunks.

>>> with dask.distributed.Client(n_workers=2, threads_per_worker=1, dashboard_address=None):
...     x = dask.array.full((1000, 4096), -1, dtype=np.float32, chunks=(500, 4096))
...     float(fr.leaky_relu(x).min().compute())
-0.009999999776482582

Workers that share a machine share its CPUs: FASTRELU_NUM_THREADS=1 in their environment keeps each to one thread.
"""
