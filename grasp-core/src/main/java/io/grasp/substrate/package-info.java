/**
 * The SPI below the engine: a substrate carries GRASP messages and knows whether they are protected (RFC 8990 section
 * 2.5.1).
 *
 * <p>An author of a substrate
 *
 * <ul>
 *   <li>implements {@link io.grasp.substrate.Substrate}, {@link io.grasp.substrate.Link},
 *       {@link io.grasp.substrate.Connection} and {@link io.grasp.substrate.ReplyPath}, and
 *       {@link io.grasp.substrate.Loop} unless an existing one fits;
 *   <li>calls {@link io.grasp.substrate.SubstrateListener}, {@link io.grasp.substrate.ConnectionListener} and
 *       {@link io.grasp.substrate.Completion}, always on the loop;
 *   <li>passes {@link io.grasp.substrate.NodeAddress} and {@link io.grasp.substrate.SubstrateDrop} to them, and may use
 *       {@link io.grasp.substrate.NamedConnection} to connect to names.
 * </ul>
 *
 * {@code SubstrateContractTest}, in the tests of this package, is the acceptance test. Applications pass a substrate to
 * {@code GraspConfig.withSubstrate}.
 */
@NullMarked
package io.grasp.substrate;

import org.jspecify.annotations.NullMarked;
