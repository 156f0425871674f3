package io.grasp.samples.control;

import io.grasp.host.HostEvent;
import java.time.Duration;

/**
 * An event of a host of ASAs.
 *
 * @param time the time on the node's clock
 * @param event the event
 */
record HostedEvent(Duration time, HostEvent event) {}
