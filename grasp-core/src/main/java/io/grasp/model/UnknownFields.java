package io.grasp.model;

/**
 * What to do with the fields of a value that its Java type does not know: another version of the objective may have
 * added them. The specification of an objective should say which of these holds (RFC 9222 section 9, rule 8).
 *
 * <p>A type can always ignore or collect unknown fields by itself, by {@code @JsonIgnoreProperties(ignoreUnknown =
 * true)} or {@code @JsonAnySetter}: to this policy such fields are not unknown.
 */
public enum UnknownFields {
    /** The value does not fit: a negotiation is declined, anything else fails. */
    REJECT,

    /** They are left out, and reported to the node's observer. */
    REPORT,

    /** They are left out. */
    IGNORE
}
