// A worker's script that does not load.

throw new Error('not loaded');
