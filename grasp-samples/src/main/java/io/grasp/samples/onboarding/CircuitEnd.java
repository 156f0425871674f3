package io.grasp.samples.onboarding;

import org.jspecify.annotations.Nullable;

/**
 * The end of a circuit, or of an attempt to open one.
 *
 * @param pledge the address of the pledge
 * @param registrar the address and port of the registrar, {@code null} if none was reached
 * @param toRegistrar the number of bytes carried to the registrar
 * @param toPledge the number of bytes carried to the pledge
 * @param failure why it did not end in good order, {@code null} if it did
 */
public record CircuitEnd(
        String pledge,
        @Nullable String registrar,
        long toRegistrar,
        long toPledge,
        @Nullable String failure) {}
