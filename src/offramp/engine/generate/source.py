def source(model): raise NotImplementedError
