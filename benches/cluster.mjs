/** A large cluster: 30 shards with two replicas each, and 100,000 requests. */
export const CLUSTER = {
  seed: "1",
  workload: { generated: { requests: 100_000, clients: 20, keys: 20_000, gap: { exponential_mean_us: 500 } } },
  lanes: [
    {
      strategy: { read: "cache-aside", write: "invalidate", ttl_us: null },
      cache: {
        capacity: 400,
        deployment: { kind: "cluster", shards: 30, replicas: 2, endpoint: "reader-for-reads" },
      },
    },
  ],
};
export const CLUSTER_NAME = "100,000 requests, a cluster of 30 shards with 2 replicas each";
