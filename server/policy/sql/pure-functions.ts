/**
 * Functions of pg_catalog, in every version since 15, that read nothing but their arguments (or the clock) and change nothing, in every overload.
 * Left out on purpose: whatever runs a query given as text (`query_to_xml`, `ts_stat`, `ts_rewrite`), reads a table given
 * by name (`table_to_xml`), files, settings, locks, sequences, large objects or other sessions, and whatever calls
 * input functions of the owner's types (`json_populate_record`).
 */
export const pureFunctions: ReadonlySet<string> = new Set(
  [
    // text
    `ascii bit_length btrim char_length character_length chr concat concat_ws decode encode format initcap left
    length like_escape lower lpad ltrim md5 normalize is_normalized octet_length overlay parse_ident position
    quote_ident quote_literal quote_nullable regexp_count regexp_instr regexp_like regexp_match regexp_matches
    regexp_replace regexp_split_to_array regexp_split_to_table regexp_substr repeat replace reverse right rpad rtrim
    similar_escape similar_to_escape split_part starts_with string_to_array string_to_table strpos substr substring
    textlen to_ascii to_hex translate unistr upper sha224 sha256 sha384 sha512     bit_count get_bit set_bit get_byte set_byte convert_from convert_to`,
    // numbers
    `abs acos acosd acosh asin asind asinh atan atan2 atan2d atand atanh cbrt ceil ceiling cos cosd cosh cot cotd degrees
    div exp factorial floor gcd lcm ln log log10 min_scale mod pi power pow radians random
    round scale sign sin sind sinh sqrt tan tand tanh to_char to_number trim_scale trunc width_bucket
    generate_series generate_subscripts numeric_inc`,
    // time
    `age clock_timestamp date date_bin date_part date_trunc extract isfinite
    justify_days justify_hours justify_interval make_date make_interval make_time make_timestamp
    make_timestamptz now overlaps statement_timestamp timeofday timezone to_date to_timestamp transaction_timestamp`,
    // arrays, ranges, rows
    `array_append array_cat array_dims array_fill array_length array_lower array_ndims array_position array_positions
    array_prepend array_remove array_replace array_to_string
    array_upper cardinality trim_array unnest isempty lower_inc lower_inf upper_inc upper_inf range_merge int4range
    int8range numrange tsrange tstzrange daterange int4multirange int8multirange nummultirange tsmultirange tstzmultirange
    datemultirange num_nulls num_nonnulls`,
    // JSON
    `to_json to_jsonb array_to_json row_to_json json_build_array jsonb_build_array json_build_object jsonb_build_object
    json_object jsonb_object json_array_elements jsonb_array_elements json_array_elements_text
    jsonb_array_elements_text json_array_length jsonb_array_length json_each jsonb_each json_each_text jsonb_each_text
    json_extract_path jsonb_extract_path json_extract_path_text jsonb_extract_path_text json_object_keys
    jsonb_object_keys json_strip_nulls jsonb_strip_nulls json_to_record jsonb_to_record json_to_recordset
    jsonb_to_recordset json_typeof jsonb_typeof jsonb_insert jsonb_pretty jsonb_set jsonb_set_lax jsonb_path_exists
    jsonb_path_exists_tz jsonb_path_match jsonb_path_match_tz jsonb_path_query jsonb_path_query_tz
    jsonb_path_query_array jsonb_path_query_array_tz jsonb_path_query_first jsonb_path_query_first_tz jsonb_contains
    jsonb_exists jsonb_exists_any jsonb_exists_all jsonb_contained jsonb_concat jsonb_delete jsonb_delete_path`,
    // XML given as a value
    `xpath xpath_exists xmlexists xml_is_well_formed xml_is_well_formed_content xml_is_well_formed_document xmlcomment
    `,
    // aggregates and windows
    `array_agg avg bit_and bit_or bit_xor bool_and bool_or corr count covar_pop covar_samp cume_dist
    dense_rank every first_value json_agg json_object_agg jsonb_agg jsonb_object_agg lag last_value lead max min mode
    nth_value ntile percent_rank percentile_cont percentile_disc range_agg range_intersect_agg rank regr_avgx regr_avgy
    regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy row_number stddev stddev_pop stddev_samp
    string_agg sum var_pop var_samp variance xmlagg`,
    // full text
    `get_current_ts_config array_to_tsvector json_to_tsvector jsonb_to_tsvector numnode phraseto_tsquery plainto_tsquery querytree setweight strip
    to_tsquery to_tsvector ts_delete ts_filter ts_headline ts_rank ts_rank_cd tsquery_phrase tsvector_to_array
    websearch_to_tsquery`,
    // addresses, shapes, identifiers
    `abbrev broadcast family host hostmask inet_merge inet_same_family masklen netmask network set_masklen macaddr8_set7bit
    area bound_box box center circle diagonal diameter height isclosed isopen isparallel isperp isvertical
    ishorizontal line lseg npoints path pclose point polygon popen radius slope width gen_random_uuid     `,
    // about the session and values, nothing that names another object
    `current_database current_schema pg_typeof pg_column_size pg_size_pretty pg_size_bytes version`,
  ].flatMap((group) => group.trim().split(/\s+/)),
)

/** The same of later versions. Where the server is older, an unqualified call is one of the owner's functions. */
export const recentPureFunctions: ReadonlySet<string> = new Set(
  `any_value array_reverse array_sample array_shuffle array_sort casefold crc32 crc32c date_add date_subtract erf erfc
  gamma lgamma random_normal to_bin to_oct unicode_assigned uuid_extract_timestamp uuid_extract_version uuidv4 uuidv7
  xmltext`.split(/\s+/),
)
