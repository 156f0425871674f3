package io.grasp.model;

/**
 * The policy for fields of a value that its Java type does not know; another version of the objective may have added
 * them. The specification of an objective should state the policy (RFC 9222 section 9, rule 8).
 *
 * <p>A type can always ignore or collect unknown fields itself, with
 * {@code @JsonIgnoreProperties(ignoreUnknown = true)} or {@code @JsonAnySetter}; this policy does not apply to such
 * fields.
 */
public enum UnknownFields {
    /** The value does not fit: a negotiation is declined, any other operation fails. */
    REJECT,

    /** The fields are ignored, and reported to the node's observer. */
    REPORT,

    /** The fields are ignored. */
    IGNORE
}
