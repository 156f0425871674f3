package com.example.bandwidth;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the ASAs.
 *
 * @param limit the largest bandwidth that the provider gives, in Mbit/s; without it there is no provider
 * @param timeout how long a customer waits for a provider, and then for each of its answers
 */
@ConfigurationProperties("bandwidth")
record BandwidthProperties(
        Integer limit, @DefaultValue("5s") Duration timeout) {}
