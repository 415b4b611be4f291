# A small web service behind a balancer: a few words for tables and charts, and the definition.

metric-service-requests_per_s = requests per second
    .definition = Number of requests by the time from the first one sent to the last answer read, with one in flight for each instance. Bytes go through pipes: there is no network in it.
    .code = bench-harness/src/experiment/service/balancer.rs
metric-service-latency_p50_ns = latency p50
    .definition = From a request being sent to its answer being seen by the balancer; the median over one trial.
    .code = bench-harness/src/experiment/service/ledger.rs
metric-service-latency_p99_ns = latency p99
    .definition = The same; 99 % of the requests of one trial were no slower.
    .code = bench-harness/src/experiment/service/ledger.rs
metric-service-host_cpu_ns_per_request = host CPU per request
    .definition = CPU time of all processes of all instances, VMM and guest included, by the number of requests. The balancer's own is not in it.
    .code = bench-harness/src/cpu_time.rs
metric-service-exits_per_request = exits per request
    .definition = VM exits beyond those of a life without requests, by the number of requests; with one instance.
    .code = bench-harness/src/experiment/service.rs
metric-service-least_share_ratio = least share of the requests
    .definition = How many requests the instance with the fewest answered, by how many each would have answered had all done the same. 1: the work was shared evenly.
    .code = bench-harness/src/experiment/service/ledger.rs
metric-service-harness_cpu_ratio = the balancer's share of a CPU
    .definition = CPU time of the balancer, which is the harness itself, by the time of the loop. Near 1 it is what limits the rate.
    .code = bench-harness/src/experiment/service/balancer.rs
metric-service-cpus = CPUs for the service
    .definition = How many CPUs the instances and the balancer may use. More instances than that wait for each other.
    .code = bench-harness/src/experiment/service.rs
