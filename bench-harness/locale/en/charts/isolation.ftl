chart-isolation = Isolation: what do both sides see?
    .subtitle = Facts and counts of one instance, and no score: more or fewer is neither safe nor unsafe by itself.
    .reading = Read down one column: a container's program is an ordinary process of the host with fewer calls open to it; a VM's makes no call of the host at all.
    .caption = Seen from inside (inspect), from the host (/proc) and by strace; exits as the VMM counts them. Medians over the rounds. A dash: a program inside can't ask, or there is no such thing; REPORT.md says which.
