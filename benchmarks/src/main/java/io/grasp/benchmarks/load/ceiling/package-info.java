/** The ceilings: bare Netty and bare Reactor Netty doing the same work without GRASP. */
@NullMarked
package io.grasp.benchmarks.load.ceiling;

import org.jspecify.annotations.NullMarked;
