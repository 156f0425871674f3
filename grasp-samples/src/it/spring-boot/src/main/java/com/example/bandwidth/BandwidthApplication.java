package com.example.bandwidth;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/**
 * A node with one of two ASAs: a customer that negotiates for its HTTP clients, or with {@code bandwidth.role=provider}
 * the provider.
 */
@SpringBootApplication
@ConfigurationPropertiesScan
public class BandwidthApplication {
    public static void main(String[] args) {
        SpringApplication.run(BandwidthApplication.class, args);
    }
}
