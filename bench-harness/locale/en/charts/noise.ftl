chart-noise = Noise: how much does the same differ from itself?
    .subtitle = { chart-median-less }
    .reading = Both bars of a pair are the same backend: what differs between them is noise, and no verdict of this run is finer.
    .caption = Two instances of the same backend are started one after the other in each round; which is called *a* is drawn. The floor in brackets is how far the 95 % interval of their ratio reaches from 1; the other charts show it as a band round native.
    .pair = { $backend } (±{ $floor } %)
    .pair-without-floor = { $backend }
    .heading = spawn to reaped, a and b
