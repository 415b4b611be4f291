chart-portability = Portability: what to ship, what can run?
    .subtitle = One instance of the same static program. Medians over the rounds.
    .reading = Look at the last two lines first: only what brings its own kernel can run another one. The bytes above are what that takes.
    .caption = Files are those that the start's own command names, and the libraries that they need. The first start is of a fresh copy whose pages were dropped from the page cache; it includes reading it from this machine's storage.
