package io.grasp.samples.prefix.pool;

import io.grasp.samples.prefix.AddressFamily;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Optional;

/**
 * When a pool will be exhausted if consumption goes on as in the last {@link PoolConfig#forecastWindow}, or as long as
 * the log reaches back if that is shorter.
 *
 * @param family the version of IP
 * @param free the number of free addresses
 * @param addressesPerSecond the consumption: what was delegated, assigned or lost to doubt, less what came back
 * @param exhaustedIn the time until nothing is free; empty if nothing is consumed, or it is more than 100 years
 */
public record Forecast(
        AddressFamily family, BigInteger free, double addressesPerSecond, Optional<Duration> exhaustedIn) {}
