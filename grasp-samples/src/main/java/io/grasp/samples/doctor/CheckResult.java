package io.grasp.samples.doctor;

import java.util.Locale;

/**
 * The result of a check.
 *
 * @param check what was checked, such as {@code link eth0}
 * @param status {@code ok}, {@code finding} or {@code skipped}
 * @param what what was found, or why it could not be checked
 * @param why why it matters; empty if nothing is wrong
 * @param remedy what to do; empty if nothing is wrong
 */
public record CheckResult(String check, String status, String what, String why, String remedy) {
    /** How a check ended. */
    private enum Status {
        OK,
        FINDING,
        SKIPPED;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The result of a check that has found nothing wrong. */
    public static CheckResult ok(String check, String what) {
        return new CheckResult(check, Status.OK.word(), what, "", "");
    }

    /** The result of a check that has found a fault. */
    public static CheckResult finding(String check, String what, String why, String remedy) {
        return new CheckResult(check, Status.FINDING.word(), what, why, remedy);
    }

    /** The result of what could not be checked, or was not. */
    public static CheckResult skipped(String check, String why) {
        return new CheckResult(check, Status.SKIPPED.word(), why, "", "");
    }

    /** {@return whether something is wrong} */
    public boolean isFinding() {
        return status.equals(Status.FINDING.word());
    }

    /** {@return whether nothing is wrong} */
    boolean isOk() {
        return status.equals(Status.OK.word());
    }

    /** {@return whether it could not be checked} */
    public boolean isSkipped() {
        return status.equals(Status.SKIPPED.word());
    }

    /** The result if the user does not say what protects the network, so that no node may run. */
    public static CheckResult skippedNetwork() {
        return skipped(
                "network",
                "a node runs only if its network is protected: pass --assume-secure, or a certificate with --bind,"
                        + " --neighbor, --find-neighbors or --acp-interface");
    }

    /**
     * The result if no node can be started.
     *
     * @param problem why not
     */
    public static CheckResult noNode(String problem) {
        return finding(
                "node",
                problem,
                "each command that needs a node fails for this reason",
                "the reason names what is wrong: an option, a file, or the port");
    }
}
