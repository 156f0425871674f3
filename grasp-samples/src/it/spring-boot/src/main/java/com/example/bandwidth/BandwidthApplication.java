package com.example.bandwidth;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/**
 * A node with one of two ASAs: with {@code bandwidth.limit} the provider, and otherwise a customer that negotiates for
 * its HTTP clients.
 */
@SpringBootApplication
@ConfigurationPropertiesScan
public class BandwidthApplication {
    public static void main(String[] args) {
        SpringApplication.run(BandwidthApplication.class, args);
    }
}
