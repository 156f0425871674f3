package io.grasp.samples;

/**
 * One host at one of its cables: a network namespace of Linux.
 *
 * @param namespace its namespace
 * @param link the name of its end of the cable
 * @param linkLocal its link-local address
 * @param ula its ULA
 */
record Host(String namespace, String link, String linkLocal, String ula) {}
