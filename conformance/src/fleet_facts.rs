//! What the run shows about the server as a whole, in a few numbers that shards can add up.

/// Facts over all product instances.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FleetFacts {
    /// The first poll interval each instance was given.
    pub intervals: Intervals,
    /// HTTPS services for products.
    pub product_https: Service,
    /// The plain HTTP service for products.
    pub product_http: Service,
    /// The service of the user interface and the API.
    pub admin: Service,
    /// What the server collected from instances.
    pub collections: Collections,
}

/// Collections of reports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Collections {
    /// How many the operator began.
    pub begun: u64,
    /// Acknowledgements that were pushed.
    pub acknowledged: u64,
}

/// Poll intervals, seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Intervals {
    /// Instances that were given one.
    pub instances: u64,
    /// The shortest.
    pub shortest: u64,
    /// The longest.
    pub longest: u64,
}

/// Whether a service was tried, and answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Service {
    /// Exchanges begun.
    pub tried: u64,
    /// Exchanges answered, whatever the HTTP status.
    pub answered: u64,
}

impl FleetFacts {
    /// Adds another shard's facts.
    pub fn merge(&mut self, other: &Self) {
        self.intervals.merge(other.intervals);
        self.product_https.merge(other.product_https);
        self.product_http.merge(other.product_http);
        self.admin.merge(other.admin);
        self.collections.begun += other.collections.begun;
        self.collections.acknowledged += other.collections.acknowledged;
    }

    /// Counts one exchange of a service.
    pub fn count(&mut self, endpoint: &str, url: &str, answered: bool) {
        let service = match endpoint {
            "admin" => &mut self.admin,
            crate::message::COLLECT => return,
            "smart_transport_http" => &mut self.product_http,
            _ if url.starts_with("http://") => &mut self.product_http,
            _ => &mut self.product_https,
        };
        service.tried += 1;
        service.answered += u64::from(answered);
    }
}

impl Intervals {
    /// Adds one instance's interval.
    pub fn add(&mut self, seconds: u64) {
        self.merge(Self { instances: 1, shortest: seconds, longest: seconds });
    }

    fn merge(&mut self, other: Self) {
        if other.instances == 0 {
            return;
        }
        let shortest = if self.instances == 0 { other.shortest } else { self.shortest };
        self.instances += other.instances;
        self.shortest = shortest.min(other.shortest);
        self.longest = self.longest.max(other.longest);
    }
}

impl Service {
    fn merge(&mut self, other: Self) {
        self.tried += other.tried;
        self.answered += other.answered;
    }
}
