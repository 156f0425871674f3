package com.example.bandwidth;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the ASAs.
 *
 * @param role the ASA of this application
 * @param limit the largest bandwidth that the provider gives, in Mbit/s
 * @param timeout how long a customer waits for a provider, and then for each of its answers
 */
@ConfigurationProperties("bandwidth")
record BandwidthProperties(
        @DefaultValue("customer") Role role,
        @DefaultValue("100") int limit,
        @DefaultValue("5s") Duration timeout) {
    enum Role {
        CUSTOMER,
        PROVIDER
    }

    BandwidthProperties {
        if (limit <= 0) {
            throw new IllegalArgumentException("bandwidth.limit must be above 0");
        }
    }
}
