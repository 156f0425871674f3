package io.grasp.substrate.netty.acp;

import java.net.InetAddress;

/**
 * The identity of a link. An interface that was created again under the same name is another link, and so is one with
 * another address, because neighbors know this node by its address.
 *
 * @param linkLocalAddress an address of the interface, with the interface as its scope
 */
record VirtualInterface(String name, int index, InetAddress linkLocalAddress) {}
