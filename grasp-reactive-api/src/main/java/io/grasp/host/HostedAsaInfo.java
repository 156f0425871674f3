package io.grasp.host;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * An ASA of a host as an operator sees it: its manifest and its state. It refers to no class of the ASA.
 *
 * @param name the name
 * @param version the version
 * @param state the state
 * @param detail why it is in this state, empty if that is clear
 * @param since the time in this state
 * @param description what the ASA does
 * @param needs the names of the ASAs that it needs
 * @param objectives the objectives that it registers
 * @param parameters its parameters, with their values
 * @param exclusive whether two versions of it cannot run at the same time
 * @param origin the name of its jar, or {@code program}
 * @param sha256 the SHA-256 digest of its jar
 * @param starts how often it was started
 * @param allocated how many bytes its current thread has allocated, if the virtual machine knows it
 * @param lastFailure why it has failed the last time
 */
public record HostedAsaInfo(
        String name,
        String version,
        LifeCycleState state,
        String detail,
        Duration since,
        String description,
        List<String> needs,
        List<String> objectives,
        List<ParameterInfo> parameters,
        boolean exclusive,
        String origin,
        Optional<String> sha256,
        long starts,
        OptionalLong allocated,
        Optional<String> lastFailure) {
    /** Copies the lists. */
    public HostedAsaInfo {
        needs = List.copyOf(needs);
        objectives = List.copyOf(objectives);
        parameters = List.copyOf(parameters);
    }

    /**
     * A parameter with its value, as text.
     *
     * @param name the name
     * @param type the kind of values
     * @param value the current value
     * @param source where the current value comes from: {@code initial}, {@code setting} or {@code policy}
     * @param initial the value until another one is set
     * @param bounds the values that it may have
     * @param description what it means
     */
    public record ParameterInfo(
            String name, String type, String value, String source, String initial, String bounds, String description) {}
}
