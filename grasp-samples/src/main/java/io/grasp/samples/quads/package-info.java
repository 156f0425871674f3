/**
 * Enrolment in a QUADS domain, as graspy's quadski.py and qpledge.py do it: a registrar gives the shared key to pledges
 * that know a password. The registrar is not authenticated.
 */
@NullMarked
package io.grasp.samples.quads;

import org.jspecify.annotations.NullMarked;
